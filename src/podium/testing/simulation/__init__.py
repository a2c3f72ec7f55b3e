"""A workflow of the user's own, run on a virtual clock under every fault; see `docs/simulate.md`."""
