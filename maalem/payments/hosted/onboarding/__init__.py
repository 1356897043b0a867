"""The pages where somebody tells us herself what her account still needs."""
