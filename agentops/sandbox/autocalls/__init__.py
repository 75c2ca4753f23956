"""The API that Autocalls, Famulor (Classic) and Intellixent share."""
