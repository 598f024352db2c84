"""The words that both sides of a job directory share: errors, the wire's records, configurations, orders."""
