"""Files of cases and assets: examined first with every fault told, then loaded as a whole or not at all."""
