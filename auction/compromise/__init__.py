"""The parties settle (执行和解) with a plan of instalments: the disposal stands still while it is kept (A-29)."""
