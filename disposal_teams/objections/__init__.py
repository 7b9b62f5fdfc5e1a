"""Objections against enforcement (执行异议): filed, reviewed by people who had no hand in the case, ruled, reviewed above or sued
over, final (§4.7, §11.8). Other rooms follow by `on_objection`."""
