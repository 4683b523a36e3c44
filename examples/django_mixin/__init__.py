"""A Django model of your own gets clocks: a mixin, and a small project around it."""
