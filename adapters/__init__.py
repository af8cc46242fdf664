"""Translation between platforms and the engine; the only place that imports a platform's SDK."""
