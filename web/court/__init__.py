"""Courts: transfers of the disposal right."""
