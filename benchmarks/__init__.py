"""What `make bench` runs: this package and other libraries on the same inputs, side by side; nothing of it is shipped."""
