#pragma once
#include <zlib.h>

// A macro in zlib.h, which Swift does not see. 15 + 16: the largest window, and gzip's header and trailer.
static inline int berth_gzip_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
