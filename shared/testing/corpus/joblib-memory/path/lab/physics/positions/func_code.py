# first line: 13
def positions(count, seed=0):
    executions.append(("positions", count))
    return np.arange(count * 3, dtype="float64").reshape(count, 3) + seed
