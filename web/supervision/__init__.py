"""The intermediate court: all eleven courts."""
