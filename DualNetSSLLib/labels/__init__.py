"""What was labelled: verified marks, drafts, the outbox, and two annotators' work made one."""
