"""What-if and forecast with a contact centre behind them."""
