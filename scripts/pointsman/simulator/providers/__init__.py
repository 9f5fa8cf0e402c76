"""The simulated providers: their routes and recorded answers."""
