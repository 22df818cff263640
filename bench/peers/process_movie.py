"""What `playnano process` does, without the import of Qt: loads, processes, exports three bundles and a GIF.

usage: process_movie.py MOVIE.asd FOLDER
"""

import logging
import sys
from pathlib import Path

from playnano.io.export_data import export_bundles
from playnano.io.gif_export import export_gif
from playnano.io.loader import load_afm_stack
from playnano.processing.pipeline import ProcessingPipeline

logging.disable(logging.INFO)
movie, folder = sys.argv[1:]
stack = load_afm_stack(Path(movie), channel="TP")
pipeline = ProcessingPipeline(stack)
pipeline.add_filter("remove_plane")
pipeline.add_filter("gaussian_filter", sigma=1.0)
pipeline.run()
export_bundles(stack, folder, "movie", ["tif", "npz", "h5"])
export_gif(
    afm_stack=stack,
    make_gif=True,
    output_folder=folder,
    output_name="movie",
    scale_bar_nm=100,
    raw=False,
    zmin="auto",
    zmax="auto",
    draw_ts=True,
)
