"""The desk: server-drawn pages for those who keep it running, and for everybody their own."""
