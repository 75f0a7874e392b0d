"""What `make bench` runs: this package and others on the same inputs, side by side; it is not shipped."""
