"""What a buyer and a workshop say to each other about a parcel, and how a piece comes along."""
