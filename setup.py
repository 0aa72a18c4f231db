"""Lets an editable install carry the data files of pyproject.toml, which setuptools leaves out."""

from setuptools import Distribution, setup


class WithData(Distribution):
    """A distribution that answers by the name that `editable_wheel` asks by."""

    has_data = Distribution.has_data_files


setup(distclass=WithData)
