# Read by CMake at the start of llama-cpp-python's build (see set_up.py): its common library, with an HTTP client in it,
# serves llama.cpp's own programs only, and takes as long to compile as the rest. The project sets this option as a cache
# variable; a variable of the directory goes before it (CMP0126).
set(LLAMA_BUILD_COMMON OFF)
