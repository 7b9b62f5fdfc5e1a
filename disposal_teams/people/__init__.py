"""The people of enforcement: the public directory of office and duty phones, and the talent pool (执行人才库)."""
