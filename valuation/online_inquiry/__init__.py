"""Online inquiry (网络询价): all platforms of the list are asked at one moment (V-10 to V-15)."""
