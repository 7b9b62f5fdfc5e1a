"""Instructions between courts (指令): from a case, through both command centres, to an accepted result (§7.5, §11.7)."""
