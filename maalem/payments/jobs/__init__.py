"""What goes on by itself: deliveries, availability, unanswered rails, things that expire."""
