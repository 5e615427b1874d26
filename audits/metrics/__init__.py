"""List metrics as SQL or kernels, with their cards."""
