"""What is printed for a parcel: the post's customs form, the invoice for customs, the label."""
