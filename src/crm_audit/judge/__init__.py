"""From evaluated facts to the parts of the report: answers, gates, stalls, forecast, money."""
