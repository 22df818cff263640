"""Reads movies with Pillow and compares them, pixel by pixel, with a render of the values by NumPy and matplotlib.

usage: describe_movies.py QUESTION.json: a list of movies, each {path (or paths of single frames), values (raw file,
float64, frames by rows by columns), shape, colorMap, range: [low, high], "percentile" or "frame"}; without values, only
what the file says. Prints a list of facts.
"""

import json
import sys

import matplotlib
import numpy
from PIL import Image


def frames_of(movie):
    """Frames as red, green, blue, and their durations in ms."""
    colors, durations = [], []
    for path in movie.get("paths") or [movie["path"]]:
        with Image.open(path) as image:
            for index in range(getattr(image, "n_frames", 1)):
                image.seek(index)
                image.load()
                colors.append(numpy.asarray(image.convert("RGB")))
                durations.append(image.info.get("duration"))
    return numpy.stack(colors), durations


def render(values, movie):
    """Color steps of the values, -1 for NaN, as the formula of docs/formats/gif.md says."""
    steps = []
    finite = values[numpy.isfinite(values)]
    for frame in values:
        wanted = movie["range"]
        if wanted == "percentile":
            low, high = numpy.percentile(finite, [1, 99])
        elif wanted == "frame":
            low, high = numpy.nanmin(frame), numpy.nanmax(frame)
        else:
            low, high = wanted
        place = numpy.floor((numpy.nan_to_num(frame) - low) * (250 / (high - low)))
        steps.append(numpy.where(numpy.isnan(frame), -1, place.clip(0, 249)).astype(int))
    return numpy.stack(steps)


def compare(colors, movie):
    """Pixels that differ from the render, and how many of them are not in a color of annotations."""
    values = numpy.fromfile(movie["values"], dtype="<f8").reshape(movie["shape"])
    table = matplotlib.colormaps[movie["colorMap"]].resampled(250)(numpy.arange(250), bytes=True)[:, :3]
    table = numpy.concatenate([table, [[0x4F, 0xB3, 0xFF]]])
    differing = (colors != table[render(values, movie)]).any(axis=-1)
    greys = numpy.isin(colors, [0, 64, 128, 191, 255]).all(axis=-1) & (colors.min(-1) == colors.max(-1))
    return {"differing": int(differing.sum()), "foreign": int((differing & ~greys).sum())}


def longest_white_runs(colors):
    """For each frame, the longest run of white pixels in a row of its lower quarter."""
    white = (colors == 255).all(axis=-1)[:, -colors.shape[1] // 4 :]
    runs = []
    for frame in white:
        texts = "".join("x" if pixel else " " for row in frame for pixel in [*row, False]).split()
        runs.append(max(map(len, texts), default=0))
    return runs


facts = []
with open(sys.argv[1]) as file:
    for movie in json.load(file):
        colors, durations = frames_of(movie)
        facts.append(
            {
                "shape": list(colors.shape[:3]),
                "durations": durations,
                "whiteRuns": longest_white_runs(colors),
                **(compare(colors, movie) if "values" in movie else {}),
            }
        )
print(json.dumps(facts))
