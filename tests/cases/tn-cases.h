/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the recorded cases, and other files of the tree, in tests. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file, unpacked where its name ends in .gz. */
static inline GBytes *
tn_cases_read (const char *name)
{
  g_autoptr (GFile) file = g_file_new_for_path (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = G_INPUT_STREAM (g_file_read (file, NULL, &error));
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  g_assert_no_error (error);
  if (g_str_has_suffix (name, ".gz"))
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

/* The same of a path from the top of the tree. */
static inline GBytes *
tn_cases_load (const char *path)
{
  g_autofree char *name = g_test_build_filename (G_TEST_DIST, path, NULL);

  return tn_cases_read (name);
}

G_END_DECLS
