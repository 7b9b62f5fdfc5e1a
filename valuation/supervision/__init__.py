"""What remains where no objection is accepted: the price is reviewed by way of enforcement supervision (执行监督, V-32)."""
