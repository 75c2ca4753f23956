"""GitHub and GitLab, where plans are reviewed: comments and labels, and the plan that was reviewed."""
