# SPDX-License-Identifier: GPL-3.0-or-later
# Compiler settings shared by every target, and the two helpers that declare a layer and a test.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)

add_library(ds_settings INTERFACE)
target_compile_definitions(ds_settings INTERFACE _GNU_SOURCE DESKSIDE_VERSION="${PROJECT_VERSION}")
target_include_directories(ds_settings INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(ds_settings INTERFACE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
    -fno-common -fstack-protector-strong -fvisibility=hidden)
target_link_libraries(ds_settings INTERFACE Threads::Threads)

if(DESKSIDE_SANITIZE)
    target_compile_options(ds_settings INTERFACE
        -fsanitize=${DESKSIDE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(ds_settings INTERFACE -fsanitize=${DESKSIDE_SANITIZE})
    target_compile_definitions(ds_settings INTERFACE DESKSIDE_SANITIZED=1)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_definitions(ds_settings INTERFACE _FORTIFY_SOURCE=2)
    # The helper has to stay small (544 KiB): no unwind tables, which C does not need, and only what is used. The picture
    # codec asks for -O3 by itself. No PLT: everything is bound at start (-z now), so its stubs are only a detour. Code and
    # constants keep pages of their own (-z noseparate-code would save 4 KiB and make the constants executable).
    target_compile_options(ds_settings INTERFACE -ffunction-sections -fdata-sections
        -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-plt)
    target_link_options(ds_settings INTERFACE -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,pack-relative-relocs -Wl,--as-needed)
endif()

if(DESKSIDE_FUZZ)
    # Every layer reports its branches, not only the target's own file: without this libFuzzer sees 21 edges of the mux.
    target_compile_options(ds_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# ds_pkg(NAME MODULE...): imported target PkgConfig::NAME for a library found by pkg-config. A program with the property
# DESKSIDE_STATIC gets those libraries linked in that a desktop may lack (libuv, jansson, the xcb extensions); the others
# stay shared, and xcb-shm, which cairo brings along. (One file that runs on any Debian desktop: DESIGN section 3.)
macro(ds_pkg name)
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET GLOBAL ${ARGN})
    ds_offer_static(PkgConfig::${name})
endmacro()

function(ds_offer_static target)
    get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
    set(offered)
    foreach(library IN LISTS libraries)
        if(NOT library MATCHES "xcb-shm" AND library MATCHES "^(.*/lib(xcb-[a-z]+|uv|jansson|inih))\\.so$")
            foreach(archive ${CMAKE_MATCH_1}.a ${CMAKE_MATCH_1}_a.a)
                if(EXISTS ${archive})
                    set(library "$<IF:$<BOOL:$<TARGET_PROPERTY:DESKSIDE_STATIC>>,${archive},${library}>")
                    break()
                endif()
            endforeach()
        endif()
        list(APPEND offered "${library}")
    endforeach()
    set_property(TARGET ${target} PROPERTY INTERFACE_LINK_LIBRARIES "${offered}")
endfunction()

# ds_layer(NAME SOURCES file... LINKS lib... [RELAXED]): one layer of common/, a static library that sees only
# what it links. RELAXED leaves -Wconversion out (layers made of other libraries' types).
function(ds_layer name)
    cmake_parse_arguments(L "RELAXED" "" "SOURCES;LINKS" ${ARGN})
    add_library(${name} STATIC ${L_SOURCES})
    target_link_libraries(${name} PUBLIC ds_settings ${L_LINKS})
    if(NOT L_RELAXED)
        target_compile_options(${name} PRIVATE -Wconversion)
    endif()
endfunction()
