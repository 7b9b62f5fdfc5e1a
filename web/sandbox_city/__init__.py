"""The people of a sandbox who are robots: what they do, by the product's own use cases, with the permissions of their posts."""
