"""The log of humane measures (善意文明执行台账): what each court did, and the counts for the court above."""
