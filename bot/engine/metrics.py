"""What is counted, for /metrics. No label ever carries personal data."""

from prometheus_client import Counter, Gauge, Histogram

TURNS = Counter("opnamewijzer_turns_total", "Events handled", ["platform", "kind"])
OUTCOMES = Counter("opnamewijzer_outcomes_total", "What became of events", ["status"])
ANSWERS = Counter("opnamewijzer_answers_total", "Questions answered", ["verdict", "lang"])
DELIVERIES = Counter("opnamewijzer_deliveries_total", "Messages sent out", ["platform", "result"])
TURN_SECONDS = Histogram("opnamewijzer_turn_seconds", "From event to commit", ["platform"])
OLDEST_DUE = Gauge("opnamewijzer_oldest_due_seconds", "Age of the oldest job that is due")
OPEN_JOBS = Gauge("opnamewijzer_open_jobs", "Jobs waiting")
SET_ASIDE = Gauge("opnamewijzer_failed_jobs", "Jobs set aside after too many failures")
