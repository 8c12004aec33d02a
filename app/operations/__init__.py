"""One function is one thing that somebody does, in one transaction. Commits happen here and nowhere else."""
