"""Generated companies with known win rates and durations: what forecasts are measured on."""
