"""The payment institution. Machines talk to it; only a payer sees its pages."""
