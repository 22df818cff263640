"""Says, as JSON, all that h5py reads from each of the HDF5 files that a JSON file, the argument, lists."""

import json
import pathlib
import struct
import sys

import h5py
import numpy
from h5py import h5a, h5s, h5t, h5z


def describe(path):
    """Groups, datasets, soft links and attributes by path, in the form of ExpectedTree."""
    found = {"groups": {}, "datasets": {}, "softLinks": {}, "attributes": {}}
    with h5py.File(path, "r") as file:
        describe_group(file, found)
    return found


def describe_group(group, found):
    found["groups"][group.name] = sorted(group)
    found["attributes"][group.name] = describe_attributes(group)
    for name in group:
        path = f"{group.name.rstrip('/')}/{name}"
        link = group.get(name, getlink=True)
        if isinstance(link, h5py.SoftLink):
            found["softLinks"][path] = link.path
        elif isinstance(group[name], h5py.Group):
            describe_group(group[name], found)
        else:
            found["datasets"][path] = describe_dataset(group[name])
            found["attributes"][path] = describe_attributes(group[name])


def describe_attributes(holder):
    found = {}
    for name, value in holder.attrs.items():
        attribute = h5a.open(holder.id, name.encode())
        found[name] = describe_values(holder.file, attribute.get_type(), attribute.get_space(), value)
    return found


def describe_dataset(dataset):
    kind = dataset.id.get_type()
    properties = dataset.id.get_create_plist()
    filters = [properties.get_filter(place) for place in range(properties.get_nfilters())]
    levels = [options[0] for code, _, options, _ in filters if code == h5z.FILTER_DEFLATE]
    found = describe_values(dataset.file, kind, dataset.id.get_space(), dataset[()])
    found["maxShape"] = found["shape"] and list(dataset.maxshape) if found["shape"] != [] else []
    found["chunks"] = list(dataset.chunks) if dataset.chunks else None
    found["shuffle"] = any(code == h5z.FILTER_SHUFFLE for code, *_ in filters)
    found["deflate"] = levels[0] if levels else None
    found["fill"] = describe_fill(dataset, kind, properties) if is_plain(kind) else None
    return found


def describe_fill(dataset, kind, properties):
    value = numpy.zeros((), dataset.dtype)
    properties.get_fill_value(value)
    return element(dataset.file, kind, value[()])


def describe_values(file, kind, space, values):
    if space.get_simple_extent_type() == h5s.NULL:
        return {"type": type_name(kind), "shape": None, "elements": []}
    shape = list(space.shape)
    every = [values] if shape == [] else numpy.asarray(values).reshape(-1)
    return {"type": type_name(kind), "shape": shape, "elements": [element(file, kind, value) for value in every]}


def members(kind):
    return [kind.get_member_type(place) for place in range(kind.get_nmembers())]


def is_plain(kind):
    """Whether elements are complete without a look elsewhere in the file; h5py crashes on the fill value of others."""
    if kind.get_class() == h5t.COMPOUND:
        return all(is_plain(member) for member in members(kind))
    return kind.get_class() != h5t.REFERENCE and not (kind.get_class() == h5t.STRING and kind.is_variable_str())


def type_name(kind):
    bits = 8 * kind.get_size()
    match kind.get_class():
        case h5t.INTEGER:
            assert kind.get_order() == h5t.ORDER_LE
            return f"{'' if kind.get_sign() == h5t.SGN_2 else 'u'}int{bits}"
        case h5t.FLOAT:
            assert kind.get_order() == h5t.ORDER_LE
            return f"float{bits}"
        case h5t.STRING:
            assert kind.get_cset() == h5t.CSET_UTF8
            return "text" if kind.is_variable_str() else f"text of {kind.get_size()} bytes"
        case h5t.REFERENCE:
            return "reference"
        case h5t.ENUM:
            assert kind.dtype == numpy.dtype(bool)
            return "bool"
        case h5t.COMPOUND if kind.dtype.kind == "c":
            return f"complex{bits}"
        case h5t.COMPOUND:
            names = [kind.get_member_name(place).decode() for place in range(kind.get_nmembers())]
            return [[name, type_name(member)] for name, member in zip(names, members(kind), strict=True)]
    raise ValueError(f"class {kind.get_class()}")


def element(file, kind, value):
    """An element in the form of PlainElement."""
    match kind.get_class():
        case h5t.INTEGER:
            return str(int(value))
        case h5t.FLOAT:
            return bits_of(value)
        case h5t.STRING:
            return value if isinstance(value, str) else bytes(value).decode()
        case h5t.REFERENCE:
            return file[value].name if value else None
        case h5t.ENUM:
            assert value in (0, 1)
            return bool(value)
        case h5t.COMPOUND if kind.dtype.kind == "c":
            return [bits_of(value.real), bits_of(value.imag)]
    return [element(file, member, value[place]) for place, member in enumerate(members(kind))]


def bits_of(number):
    return "nan" if numpy.isnan(number) else struct.pack(">d", float(number)).hex()


print(json.dumps([describe(path) for path in json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))]))
