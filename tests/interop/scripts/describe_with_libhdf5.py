"""Says, as JSON, all that one libhdf5 reads from HDF5 files, called by its C functions; a JSON file, the argument, has
the folder of the library and the files. The form is that of describe_hdf5.py without what a dataset is stored as."""

import ctypes
import json
import pathlib
import struct
import sys
from ctypes import byref, c_char_p, c_size_t, c_uint, c_uint64, c_void_p, create_string_buffer

group_object, dataset_object = 2, 5
null_space, scalar_space = 2, 0
signed = 1


class Library:
    """Functions of libhdf5 by name. An identifier has 4 bytes before HDF5 1.10, 8 since."""

    def __init__(self, folder):
        # What the library needs lies beside it and is found once it is loaded; in which order is not known.
        beside = sorted(pathlib.Path(folder).glob("*libs/*.so*")) or sorted(pathlib.Path(folder).glob("*/.libs/*.so*"))
        path = next(path for path in beside if path.name.startswith("libhdf5-"))
        for name in ("libz-", "libaec-", "libsz-", "libhdf5-"):
            for other in beside:
                if other.name.startswith(name):
                    self.library = ctypes.CDLL(str(other), mode=ctypes.RTLD_GLOBAL)
        assert self.library._name == str(path)
        numbers = [c_uint(), c_uint(), c_uint()]
        assert self.library.H5open() >= 0
        assert self.library.H5get_libversion(*map(byref, numbers)) >= 0
        self.version = tuple(number.value for number in numbers)
        self.id = ctypes.c_int64 if self.version >= (1, 10, 0) else ctypes.c_int
        self.try_to("H5Eset_auto2", self.id(0), c_void_p(None), c_void_p(None))

    def try_to(self, name, *arguments, result=ctypes.c_int):
        function = getattr(self.library, name)
        function.restype = result
        return function(*arguments)

    def call(self, name, *arguments, result=ctypes.c_int):
        found = self.try_to(name, *arguments, result=result)
        if found is None or found < 0:
            raise OSError(f"{name} failed in HDF5 {self.version}")
        return found

    def open(self, name, *arguments):
        return self.id(self.call(name, *arguments, result=self.id))


def describe(h5, path):
    found = {"groups": {}, "datasets": {}, "softLinks": {}, "attributes": {}}
    file = h5.open("H5Fopen", path.encode(), c_uint(0), h5.id(0))
    describe_group(h5, file, "/", found)
    h5.call("H5Fclose", file)
    return found


def describe_group(h5, file, path, found):
    group = h5.open("H5Oopen", file, path.encode(), h5.id(0))
    names = names_in(h5, group)
    found["groups"][path] = sorted(names)
    found["attributes"][path] = describe_attributes(h5, group)
    for name in names:
        inside = f"{path.rstrip('/')}/{name}"
        target = create_string_buffer(65536)
        if h5.try_to("H5Lget_val", group, name.encode(), target, c_size_t(65536), h5.id(0)) >= 0:
            found["softLinks"][inside] = target.value.decode()
            continue
        child = h5.open("H5Oopen", group, name.encode(), h5.id(0))
        kind = h5.call("H5Iget_type", child)
        if kind == dataset_object:
            found["attributes"][inside] = describe_attributes(h5, child)
            kind_of, space = h5.open("H5Dget_type", child), h5.open("H5Dget_space", child)
            whole = h5.id(0)
            read = lambda data: h5.call("H5Dread", child, kind_of, whole, whole, h5.id(0), data)  # noqa: E731
            found["datasets"][inside] = describe_values(h5, child, kind_of, space, read)
        h5.call("H5Oclose", child)
        if kind == group_object:
            describe_group(h5, file, inside, found)
    h5.call("H5Oclose", group)


def names_in(h5, group):
    names = []
    name = create_string_buffer(65536)
    while True:
        place = c_uint64(len(names))
        by_name, ascending = 0, 0
        arguments = (group, b".", by_name, ascending, place, name, c_size_t(65536), h5.id(0))
        if h5.try_to("H5Lget_name_by_idx", *arguments, result=ctypes.c_ssize_t) < 0:
            return names
        names.append(name.value.decode())


def describe_attributes(h5, holder):
    found = {}
    while True:
        place = c_uint64(len(found))
        attribute = h5.id(h5.try_to("H5Aopen_by_idx", holder, b".", 0, 0, place, h5.id(0), h5.id(0), result=h5.id))
        if attribute.value < 0:
            return found
        name = create_string_buffer(65536)
        h5.call("H5Aget_name", attribute, c_size_t(65536), name, result=ctypes.c_ssize_t)
        kind, space = h5.open("H5Aget_type", attribute), h5.open("H5Aget_space", attribute)
        read = lambda data: h5.call("H5Aread", attribute, kind, data)  # noqa: E731, B023
        found[name.value.decode()] = describe_values(h5, holder, kind, space, read)
        h5.call("H5Aclose", attribute)


def describe_values(h5, holder, kind, space, read):
    type_of = read_type(h5, kind)
    extent = h5.call("H5Sget_simple_extent_type", space)
    if extent == null_space:
        return {"type": type_of.name, "shape": None, "elements": []}
    rank = h5.call("H5Sget_simple_extent_ndims", space)
    lengths = (c_uint64 * max(rank, 1))()
    h5.call("H5Sget_simple_extent_dims", space, lengths, c_void_p(None))
    shape = [] if extent == scalar_space else list(lengths)[:rank]
    count = 1
    for length in shape:
        count *= length
    data = create_string_buffer(max(1, count * type_of.size))
    if count > 0:
        read(data)
    elements = [type_of.element(holder, data, index * type_of.size) for index in range(count)]
    return {"type": type_of.name, "shape": shape, "elements": elements}


class Type:
    """The name of a type, the bytes of an element in memory, and how to tell one."""

    def __init__(self, name, size, element):
        self.name, self.size, self.element = name, size, element


def read_type(h5, kind):
    size = h5.call("H5Tget_size", kind, result=c_size_t)
    match h5.call("H5Tget_class", kind):
        case 0:
            is_signed = h5.call("H5Tget_sign", kind) == signed
            assert h5.call("H5Tget_order", kind) == 0

            def integer(_, data, at):
                return str(int.from_bytes(data[at : at + size], "little", signed=is_signed))

            return Type(f"{'' if is_signed else 'u'}int{8 * size}", size, integer)
        case 1:
            code = {2: "<e", 4: "<f", 8: "<d"}[size]
            return Type(f"float{8 * size}", size, lambda _, data, at: bits_of(struct.unpack_from(code, data, at)[0]))
        case 3 if h5.call("H5Tis_variable_str", kind) > 0:
            return Type("text", size, lambda _, data, at: (c_char_p.from_buffer(data, at).value or b"").decode())
        case 3:
            return Type(
                f"text of {size} bytes", size, lambda _, data, at: data[at : at + size].rstrip(b"\0").decode()
            )
        case 7:
            return Type("reference", size, lambda holder, data, at: target_of(h5, holder, data[at : at + size]))
        case 8:
            assert size == 1
            assert h5.call("H5Tget_nmembers", kind) == 2
            return Type("bool", size, lambda _, data, at: {0: False, 1: True}[data[at][0]])
        case 6:
            return compound_type(h5, kind, size)
    raise ValueError("a class that we do not write")


def compound_type(h5, kind, size):
    members = []
    for place in range(h5.call("H5Tget_nmembers", kind)):
        name = h5.call("H5Tget_member_name", kind, c_uint(place), result=c_void_p)
        offset = h5.call("H5Tget_member_offset", kind, c_uint(place), result=c_size_t)
        member = read_type(h5, h5.open("H5Tget_member_type", kind, c_uint(place)))
        members.append((ctypes.string_at(name).decode(), offset, member))
    names = [name for name, _, _ in members]
    parts = [member.name for _, _, member in members]
    is_complex = names == ["r", "i"] and parts in (["float32"] * 2, ["float64"] * 2)
    return Type(
        f"complex{8 * size}" if is_complex else [[name, member.name] for name, _, member in members],
        size,
        lambda holder, data, at: [member.element(holder, data, at + offset) for _, offset, member in members],
    )


def target_of(h5, holder, reference):
    if not any(reference):
        return None
    name = create_string_buffer(65536)
    h5.call("H5Rget_name", holder, 0, reference, name, c_size_t(65536), result=ctypes.c_ssize_t)
    return name.value.decode()


def bits_of(number):
    return "nan" if number != number else struct.pack(">d", number).hex()


if __name__ == "__main__":
    question = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    h5 = Library(question["library"])
    print(json.dumps({"version": list(h5.version), "files": [describe(h5, path) for path in question["paths"]]}))
