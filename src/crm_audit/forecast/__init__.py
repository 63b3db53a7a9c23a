"""What of the open deals will really close, learned from the client's own past.

Takes arrays, gives numbers; knows neither the database nor the report. The only home of numpy.
"""
