/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures that carry a model: it comes back as it was, and hostile ones are refused. */
#include <string.h>

#include "base/tn-error.h"
#include "formats/tn-carrier.h"
#include "test-files.h"

#define MODEL                                                                                      \
  "{\"class_name\":\"Functional\",\"config\":{\"name\":\"m & <m>\",\"layers\":["                   \
  "{\"class_name\":\"InputLayer\",\"name\":\"ä\",\"config\":{\"shape\":[3]}}]}}"

#define SVG "<?xml version=\"1.0\"?>\n<svg width=\"4\">\n<rect/></svg>\n"
#define PDF                                                                                        \
  "%PDF-1.5\n1 0 obj\n<< /Type /Catalog\n   /Pages 2 0 R\n>>\nendobj\nxref\n0 1\n0000000000 "      \
  "65535 f \ntrailer\n<< /Size 4\n   /Root 1 0 R\n   /Info 3 0 R\n>>\nstartxref\n64\n%%EOF\n"

/* One white pixel. */
static const guint8 png[] = {
  0x89, 'P',  'N',  'G',  0x0d, 0x0a, 0x1a, 0x0a, 0,    0,    0,    13,   'I',  'H',
  'D',  'R',  0,    0,    0,    1,    0,    0,    0,    1,    8,    0,    0,    0,
  0,    0x3a, 0x7e, 0x9b, 0x55, 0,    0,    0,    10,   'I',  'D',  'A',  'T',  0x78,
  0x9c, 0x63, 0xf8, 0x0f, 0x00, 0x01, 0x01, 0x01, 0x00, 0x1b, 0xb6, 0xee, 0x56, 0,
  0,    0,    0,    'I',  'E',  'N',  'D',  0xae, 0x42, 0x60, 0x82,
};

static GBytes *
picture_new (TnCarrier carrier)
{
  if (carrier == TN_CARRIER_PNG)
    return g_bytes_new_static (png, sizeof png);
  return test_bytes (carrier == TN_CARRIER_SVG ? SVG : PDF);
}

static TnGraph *
model_new (void)
{
  g_autoptr (GBytes) bytes = test_bytes (MODEL);
  g_autoptr (GError) error = NULL;
  TnGraph *graph = tn_format_parse (bytes, "m", NULL, &error);

  g_assert_no_error (error);
  return graph;
}

static GBytes *
loaded_new (TnCarrier carrier)
{
  g_autoptr (GBytes) picture = picture_new (carrier);
  g_autoptr (TnGraph) graph = model_new ();

  return tn_carrier_load (carrier, picture, graph);
}

static void
refuse (GBytes *bytes, int code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) graph = tn_format_parse (bytes, "bad.png", NULL, &error);

  g_assert_null (graph);
  g_assert_error (error, TN_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, "bad.png"));
  g_assert_nonnull (strstr (error->message, message));
}

static void
test_there_and_back (void)
{
  g_autoptr (TnGraph) graph = model_new ();

  for (TnCarrier carrier = TN_CARRIER_PNG; carrier <= TN_CARRIER_PDF; carrier++)
    {
      g_autoptr (GBytes) plain = picture_new (carrier);
      g_autoptr (GBytes) loaded = loaded_new (carrier);
      g_autoptr (GBytes) again = loaded_new (carrier);
      g_autoptr (GError) error = NULL;
      g_autoptr (TnGraph) back = NULL;
      TnFormat format;
      TnCarrier found;

      g_assert_true (tn_carrier_find (loaded, &found));
      g_assert_cmpint (found, ==, carrier);
      g_assert_cmpuint (g_bytes_get_size (loaded), >, g_bytes_get_size (plain));
      g_assert_true (g_bytes_equal (loaded, again));
      back = tn_format_parse (loaded, "x", &format, &error);
      g_assert_no_error (error);
      g_assert_cmpint (format, ==, TN_FORMAT_PICTURE);
      g_assert_true (tn_graph_same_meaning (graph, back));
      g_assert_cmpstr (tn_graph_name (back), ==, "m & <m>");
      refuse (plain, TN_ERROR_SYNTAX, "carries no model");
    }
}

/* Each byte that is cut off or changed: refused, or (where it does not belong to the model) read.
 */
static void
test_damage (void)
{
  for (TnCarrier carrier = TN_CARRIER_PNG; carrier <= TN_CARRIER_PDF; carrier++)
    {
      g_autoptr (GBytes) loaded = loaded_new (carrier);
      g_autoptr (TnGraph) graph = model_new ();
      gsize size;
      const guint8 *data = g_bytes_get_data (loaded, &size);
      guint n_refused = 0;

      for (gsize i = 0; i < size; i++)
        for (int cut = 0; cut <= 1; cut++)
          {
            g_autofree guint8 *copy = g_memdup2 (data, size);
            g_autoptr (GBytes) bytes = NULL;
            g_autoptr (GError) error = NULL;
            g_autoptr (TnGraph) back = NULL;

            copy[i] ^= 0x11;
            bytes = g_bytes_new (copy, cut ? i : size);
            back = tn_format_parse (bytes, "x", NULL, &error);
            g_assert_true ((back == NULL) == (error != NULL));
            n_refused += back == NULL;
            /* Checksums see to it that no other model is read. */
            if (back != NULL)
              g_assert_true (tn_graph_same_meaning (graph, back));
          }
      g_assert_cmpuint (n_refused, >, size / 2);
    }
}

static void
append_word (GByteArray *bytes, guint32 word)
{
  word = GUINT32_TO_BE (word);
  g_byte_array_append (bytes, (const guint8 *)&word, 4);
}

static void
test_lengths (void)
{
  static const guint32 lengths[] = { 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff4, 100 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      GByteArray *array = g_byte_array_new ();
      g_autoptr (GBytes) bytes = NULL;

      g_byte_array_append (array, png, 33);
      append_word (array, lengths[i]);
      g_byte_array_append (array, (const guint8 *)"iTXtTenon model", 16);
      bytes = g_byte_array_free_to_bytes (array);
      refuse (bytes, TN_ERROR_SYNTAX, "damaged");
    }
}

/* A thousand zeros cost one byte: what would become more than a file may have is given up. */
static void
test_bomb (void)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream
      = g_converter_output_stream_new (memory, G_CONVERTER (compressor));
  g_autofree char *spaces = g_strnfill (1 << 20, ' ');
  g_autoptr (GBytes) packed = NULL, bytes = NULL;
  GString *svg = g_string_new ("<svg><metadata><tenon:model>");
  g_autofree char *letters = NULL;

  for (gsize done = 0; done <= TN_FORMAT_MAX_BYTES; done += 1 << 20)
    g_assert_true (g_output_stream_write_all (stream, spaces, 1 << 20, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  packed = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
  g_assert_cmpuint (g_bytes_get_size (packed), <, 1 << 20);
  letters = g_base64_encode (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  g_string_append_printf (svg, "%s</tenon:model></metadata></svg>", letters);
  bytes = g_string_free_to_bytes (svg);
  refuse (bytes, TN_ERROR_SYNTAX, "larger than 256");
}

static void
test_svg (void)
{
  static const struct
  {
    const char *text;
    int code;
    const char *message;
  } cases[] = {
    { "<", TN_ERROR_SYNTAX, "no model" },
    { "<html><body>", TN_ERROR_SYNTAX, "no model" },
    { "<svg></g>", TN_ERROR_SYNTAX, "no model" },
    { "<svg><tenon:model/></svg>", TN_ERROR_SYNTAX, "damaged" },
    { "<svg><tenon:model>", TN_ERROR_SYNTAX, "damaged" },
    { "<svg><tenon:model>e30=</tenon:model></svg>", TN_ERROR_SYNTAX, "damaged" },
    { "<svg><tenon:model>&bomb;</tenon:model></svg>", TN_ERROR_SYNTAX, "damaged" },
    { "<!DOCTYPE svg [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><svg>&b;</svg>", TN_ERROR_SYNTAX,
      "no model" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes (cases[i].text);

      refuse (bytes, cases[i].code, cases[i].message);
    }
}

/* Pictures of a form that is not known stay as they are. */
static void
test_strange (void)
{
  static const char *const pdfs[] = {
    "%PDF-1.5",
    "%PDF-1.5\ntrailer\n<< /Size 4 /Root 1 0 R /Info 3 0 R >>\nstartxref\n9\n%%EOF\n",
    "%PDF-1.5\n1 0 obj\n<< /Names 7 0 R >>\nendobj\ntrailer\n<< /Size 4 /Root 1 0 R /Info 3 0 R "
    ">>\nstartxref\n9\n%%EOF\n",
  };
  g_autoptr (TnGraph) graph = model_new ();

  for (guint i = 0; i < G_N_ELEMENTS (pdfs); i++)
    {
      g_autoptr (GBytes) picture = test_bytes (pdfs[i]);
      g_autoptr (GBytes) loaded = tn_carrier_load (TN_CARRIER_PDF, picture, graph);

      g_assert_true (g_bytes_equal (picture, loaded));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/carrier/there-and-back", test_there_and_back);
  g_test_add_func ("/formats/carrier/damage", test_damage);
  g_test_add_func ("/formats/carrier/lengths", test_lengths);
  g_test_add_func ("/formats/carrier/bomb", test_bomb);
  g_test_add_func ("/formats/carrier/svg", test_svg);
  g_test_add_func ("/formats/carrier/strange", test_strange);
  return g_test_run ();
}
