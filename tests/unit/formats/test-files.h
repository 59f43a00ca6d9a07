/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the room share: files of the tree, and graphs out of text. */
#pragma once

#include <string.h>

#include "formats/tn-format.h"
#include "graph/tn-draft.h"

G_BEGIN_DECLS

/* A file of the tree, unpacked where its name ends in .gz. */
static inline GBytes *
test_load (const char *path)
{
  g_autofree char *name = g_test_build_filename (G_TEST_DIST, path, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = G_INPUT_STREAM (g_file_read (file, NULL, &error));
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  g_assert_no_error (error);
  if (g_str_has_suffix (path, ".gz"))
    {
      g_autoptr (GConverter) unpack
          = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
      GInputStream *packed = stream;

      stream = g_converter_input_stream_new (packed, unpack);
      g_object_unref (packed);
    }
  g_output_stream_splice (out, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static inline GBytes *
test_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

/* Must be a model. */
static inline TnGraph *
test_parse (GBytes *bytes, TnFormat *format)
{
  g_autoptr (GError) error = NULL;
  TnGraph *graph = tn_format_parse (bytes, "test", format, &error);

  g_assert_no_error (error);
  return graph;
}

/* Says the first line that differs. */
static inline void
test_same_bytes (GBytes *a, GBytes *b)
{
  g_auto (GStrv) one = g_strsplit (g_bytes_get_data (a, NULL), "\n", 0);
  g_auto (GStrv) other = g_strsplit (g_bytes_get_data (b, NULL), "\n", 0);

  for (guint i = 0; one[i] && other[i]; i++)
    g_assert_cmpstr (one[i], ==, other[i]);
  g_assert_true (g_bytes_equal (a, b));
}

G_END_DECLS
