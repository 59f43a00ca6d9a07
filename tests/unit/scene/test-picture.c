/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures: the right sizes, the same bytes each time, and no silent failures. */
#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "scene-models.h"
#include "scene/tn-figure.h"

static TnFigure *
figure_new (const char *text)
{
  g_autoptr (TnGraph) model = model_new (text);
  g_autoptr (TnDraft) draft = tn_draft_new (model);
  g_autoptr (TnGraph) named = NULL;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnFacts) facts = NULL;
  TnFigureOptions options
      = { .theme = TN_THEME_PRINT, .parts = tn_figure_usual_parts (TN_FIGURE_BLOCKS) };

  tn_draft_set_name (draft, "cats & dogs");
  named = tn_draft_finish (draft);
  graph = tn_layout (named, TRUE);
  facts = tn_infer (graph, NULL, NULL);
  return tn_figure_new (graph, facts, &options);
}

/* Width and height of what was rendered, as the file itself says. */
static void
size_of (GBytes *bytes, TnPictureFormat format, double *width, double *height)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  const guchar *raw = (const guchar *)data;
  g_autofree char *text = g_strndup (data, size);

  if (format == TN_PICTURE_PNG)
    {
      g_assert_cmpmem (data + 1, 3, "PNG", 3);
      *width = raw[16] << 24 | raw[17] << 16 | raw[18] << 8 | raw[19];
      *height = raw[20] << 24 | raw[21] << 16 | raw[22] << 8 | raw[23];
    }
  else if (format == TN_PICTURE_SVG)
    {
      const char *at = strstr (text, "<svg");
      const char *unit;
      char *end;

      g_assert_nonnull (at);
      unit = strstr (at, "width=\"");
      *width = g_ascii_strtod (unit + 7, &end);
      g_assert_true (g_str_has_prefix (end, "px\""));
      *height = g_ascii_strtod (strstr (at, "height=\"") + 8, &end);
      g_assert_true (g_str_has_prefix (end, "px\""));
    }
  else
    {
      g_autofree char *box = NULL;
      double numbers[4];
      gsize at = 0;
      char *next;

      /* The page's dictionary is not compressed. */
      while (at + 9 < size && memcmp (data + at, "/MediaBox", 9) != 0)
        at++;
      g_assert_cmpuint (at + 60, <, size);
      box = g_strndup (data + at, 60);
      next = strchr (box, '[') + 1;
      for (guint i = 0; i < 4; i++)
        numbers[i] = g_ascii_strtod (next, &next);
      *width = numbers[2] / 0.75;
      *height = numbers[3] / 0.75;
    }
}

static gboolean
picture_write (const TnFigure *figure, const char *path, TnPictureFormat format,
               const TnPictureOptions *options, GError **error)
{
  g_autoptr (GBytes) bytes = tn_picture_render (figure, format, options, error);

  return bytes != NULL && tn_picture_save (bytes, path, error);
}

static void
test_sizes (void)
{
  g_autoptr (TnFigure) figure = figure_new (MODEL_RICH);
  TnRect bounds = tn_figure_bounds (figure);

  for (TnPictureFormat format = TN_PICTURE_PNG; format <= TN_PICTURE_PDF; format++)
    for (double scale = 1; scale <= 2; scale++)
      {
        TnPictureOptions options = { .scale = scale, .margin = 10 };
        g_autoptr (GError) error = NULL;
        g_autoptr (GBytes) bytes = tn_picture_render (figure, format, &options, &error);
        double width, height;

        g_assert_no_error (error);
        size_of (bytes, format, &width, &height);
        g_assert_cmpfloat_with_epsilon (width, (bounds.width + 20) * scale, 2.1 * scale);
        g_assert_cmpfloat_with_epsilon (height, (bounds.height + 20) * scale, 2.1 * scale);
      }
}

static void
test_same_bytes (void)
{
  g_autoptr (TnFigure) first = figure_new (MODEL_RICH);
  g_autoptr (TnFigure) second = figure_new (MODEL_RICH);
  TnPictureOptions options = { .scale = 1, .margin = 10 };

  for (TnPictureFormat format = TN_PICTURE_PNG; format <= TN_PICTURE_PDF; format++)
    {
      g_autoptr (GBytes) a = tn_picture_render (first, format, &options, NULL);
      g_autoptr (GBytes) b = NULL;

      if (format == TN_PICTURE_PDF)
        g_usleep (1100000); /* a date, were there one, would differ */
      b = tn_picture_render (second, format, &options, NULL);
      g_assert_true (g_bytes_equal (a, b));
    }
}

static void
test_metadata (void)
{
  g_autoptr (TnFigure) figure = figure_new (MODEL_RICH);
  TnPictureOptions options = { .scale = 1 };
  g_autoptr (GBytes) svg = tn_picture_render (figure, TN_PICTURE_SVG, &options, NULL);
  g_autoptr (GBytes) pdf = tn_picture_render (figure, TN_PICTURE_PDF, &options, NULL);
  gsize size;
  const char *data = g_bytes_get_data (svg, &size);

  g_assert_nonnull (g_strstr_len (data, (gssize)size, "<title>cats &amp; dogs</title>"));
  data = g_bytes_get_data (pdf, &size);
  {
    g_autoptr (GString) text = g_string_new_len (data, (gssize)size);

    for (gsize i = 0; i < text->len; i++)
      if (text->str[i] == '\0')
        text->str[i] = ' ';
    g_assert_nonnull (strstr (text->str, "cats & dogs"));
    g_assert_nonnull (strstr (text->str, "Tenon"));
    g_assert_nonnull (strstr (text->str, "20000101000000Z"));
  }
}

static void
test_transparent (void)
{
  g_autoptr (TnFigure) figure = figure_new ("InputLayer");

  for (int transparent = 0; transparent <= 1; transparent++)
    {
      TnPictureOptions options = { .scale = 1, .margin = 4, .transparent = transparent };
      g_autoptr (GBytes) bytes = tn_picture_render (figure, TN_PICTURE_PNG, &options, NULL);
      const guchar *data = g_bytes_get_data (bytes, NULL);

      /* The colour type of the PNG: with alpha, or without. */
      g_assert_cmpint (data[25], ==, transparent ? 6 : 2);
    }
}

static void
test_empty (void)
{
  g_autoptr (TnGraph) graph = tn_graph_new_empty ();
  TnFigureOptions figure_options = { .theme = TN_THEME_PRINT };
  g_autoptr (TnFigure) figure = tn_figure_new (graph, NULL, &figure_options);

  for (TnPictureFormat format = TN_PICTURE_PNG; format <= TN_PICTURE_PDF; format++)
    {
      TnPictureOptions options = { .scale = 1, .margin = 0 };
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = tn_picture_render (figure, format, &options, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (bytes), >, 50);
    }
}

static void
test_too_large (void)
{
  g_autoptr (TnFigure) figure = figure_new (MODEL_RICH);
  TnPictureOptions options = { .scale = 1000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = tn_picture_render (figure, TN_PICTURE_PNG, &options, &error);
  const char *number;
  double largest;

  g_assert_error (error, TN_ERROR, TN_ERROR_MEMORY);
  g_assert_null (bytes);
  number = strstr (error->message, "works is ");
  g_assert_nonnull (number);
  largest = g_ascii_strtod (number + 9, NULL);
  g_clear_error (&error);
  /* A little more than what it says is refused as well. */
  options.scale = largest * 1.05;
  g_assert_null (tn_picture_render (figure, TN_PICTURE_PNG, &options, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_MEMORY);
  g_clear_error (&error);
  options.scale = 1000;
  bytes = tn_picture_render (figure, TN_PICTURE_SVG, &options, &error);
  g_assert_no_error (error);
}

static void
test_formats (void)
{
  TnPictureFormat format;

  g_assert_true (tn_picture_format_from_name ("png", &format) && format == TN_PICTURE_PNG);
  g_assert_true (tn_picture_format_from_name (".PNG", &format) && format == TN_PICTURE_PNG);
  g_assert_true (tn_picture_format_from_name ("a.b/x.svg", &format) && format == TN_PICTURE_SVG);
  g_assert_true (tn_picture_format_from_name ("Pdf", &format) && format == TN_PICTURE_PDF);
  g_assert_false (tn_picture_format_from_name ("x.jpeg", &format));
  g_assert_false (tn_picture_format_from_name ("a.pdf/x", &format));
  g_assert_false (tn_picture_format_from_name ("", &format));
}

static void
test_files (void)
{
  g_autoptr (TnFigure) figure = figure_new ("InputLayer / Flatten");
  TnPictureOptions options = { .scale = 1 };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tenon-picture-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.png", NULL);
  g_autofree char *link = g_build_filename (folder, "link.png", NULL);
  g_autofree char *missing = g_build_filename (folder, "no", "x.png", NULL);
  g_autofree char *data = NULL;
  gsize length;
  struct stat found;

  g_assert_true (picture_write (figure, path, TN_PICTURE_PNG, &options, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpmem (data + 1, 3, "PNG", 3);

  /* Mode and link are kept. */
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  g_assert_cmpint (symlink (path, link), ==, 0);
  g_assert_true (picture_write (figure, link, TN_PICTURE_PDF, &options, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (stat (path, &found), ==, 0);
  g_assert_cmpint (found.st_mode & 0777, ==, 0640);

  g_assert_false (picture_write (figure, missing, TN_PICTURE_PNG, &options, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);
  g_assert_nonnull (strstr (error->message, missing));
  g_clear_error (&error);
  g_assert_false (picture_write (figure, folder, TN_PICTURE_PNG, &options, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);

  g_unlink (link);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_full_disk (void)
{
  g_autoptr (TnFigure) figure = figure_new (MODEL_RICH);
  TnPictureOptions options = { .scale = 1 };
  struct stat found;

  if (stat ("/dev/full", &found) != 0 || !S_ISCHR (found.st_mode))
    {
      g_test_skip ("there is no /dev/full");
      return;
    }
  for (TnPictureFormat format = TN_PICTURE_PNG; format <= TN_PICTURE_PDF; format++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (picture_write (figure, "/dev/full", format, &options, &error));
      g_assert_error (error, TN_ERROR, TN_ERROR_IO);
      g_assert_nonnull (strstr (error->message, "/dev/full"));
      g_assert_nonnull (strstr (error->message, g_strerror (ENOSPC)));
    }
  /* It is still the device, not a file in its place. */
  g_assert_true (stat ("/dev/full", &found) == 0 && S_ISCHR (found.st_mode));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/picture/sizes", test_sizes);
  g_test_add_func ("/scene/picture/same-bytes", test_same_bytes);
  g_test_add_func ("/scene/picture/metadata", test_metadata);
  g_test_add_func ("/scene/picture/transparent", test_transparent);
  g_test_add_func ("/scene/picture/empty", test_empty);
  g_test_add_func ("/scene/picture/too-large", test_too_large);
  g_test_add_func ("/scene/picture/formats", test_formats);
  g_test_add_func ("/scene/picture/files", test_files);
  g_test_add_func ("/scene/picture/full-disk", test_full_disk);
  return g_test_run ();
}
