/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures: PNG, SVG and PDF are three surfaces around the one painter. */
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "scene/tn-figure.h"
#include "scene/tn-painter-private.h"

#define MOST_SIDE   32767.0     /* pixels: cairo's own limit */
#define MOST_PIXELS 268435456.0 /* a gigabyte */
#define MOST_SHEETS 400u
/* The same picture has the same bytes: PDF wants a date, so it gets one that does not pass. */
#define PDF_DATE "2000-01-01T00:00:00Z"

static const char *const format_names[] = {
  [TN_PICTURE_PNG] = "png",
  [TN_PICTURE_SVG] = "svg",
  [TN_PICTURE_PDF] = "pdf",
};

const char *
tn_picture_format_name (TnPictureFormat format)
{
  g_return_val_if_fail ((guint)format < G_N_ELEMENTS (format_names), NULL);
  return format_names[format];
}

gboolean
tn_picture_format_from_name (const char *name, TnPictureFormat *format)
{
  const char *slash;
  const char *dot;

  g_return_val_if_fail (name != NULL && format != NULL, FALSE);
  slash = strrchr (name, G_DIR_SEPARATOR);
  dot = strrchr (slash != NULL ? slash + 1 : name, '.');
  for (guint i = 0; i < G_N_ELEMENTS (format_names); i++)
    if (g_ascii_strcasecmp (dot != NULL ? dot + 1 : name, format_names[i]) == 0)
      {
        *format = i;
        return TRUE;
      }
  return FALSE;
}

static cairo_status_t
append (void *data, const unsigned char *bytes, unsigned int length)
{
  g_byte_array_append (data, bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
fail_drawing (cairo_status_t status, GError **error)
{
  g_set_error (error, TN_ERROR, status == CAIRO_STATUS_NO_MEMORY ? TN_ERROR_MEMORY : TN_ERROR_IO,
               _ ("The picture could not be drawn: %s."), cairo_status_to_string (status));
  return FALSE;
}

/* The largest scale, rounded down to two digits that a user may type, at which a PNG works. */
static double
largest_scale (double width, double height)
{
  double scale = MIN (MOST_SIDE / width, MOST_SIDE / height);

  scale = MIN (scale, sqrt (MOST_PIXELS / (width * height)));
  return scale >= 0.01 ? floor (scale * 100) / 100 : scale;
}

static gboolean
check_size (double width, double height, double scale, GError **error)
{
  double pixels_wide = ceil (width * scale);
  double pixels_high = ceil (height * scale);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (pixels_wide <= MOST_SIDE && pixels_high <= MOST_SIDE
      && pixels_wide * pixels_high <= MOST_PIXELS)
    return TRUE;
  g_ascii_formatd (text, sizeof text, "%.4g", largest_scale (width, height));
  g_set_error (error, TN_ERROR, TN_ERROR_MEMORY,
               _ ("A PNG of this model at this scale would have %.0f × %.0f pixels, which is too "
                  "many; the largest scale that works is %s. SVG and PDF have no such limit."),
               pixels_wide, pixels_high, text);
  return FALSE;
}

static void
draw (const TnFigure *figure, cairo_t *cr, TnRect area, const TnPictureOptions *options)
{
  cairo_translate (cr, -area.x, -area.y);
  if (!options->transparent)
    tn_painter_background (tn_figure_style (figure), cr, area, 0, FALSE);
  tn_figure_draw (figure, cr, area);
}

/* Ends the drawing; a stream that failed is seen only after the surface was finished. */
static gboolean
finish (cairo_t *cr, cairo_surface_t *surface, GError **error)
{
  cairo_status_t status = cairo_status (cr);

  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status == CAIRO_STATUS_SUCCESS || fail_drawing (status, error);
}

static gboolean
render_png (const TnFigure *figure, TnRect area, const TnPictureOptions *options, GByteArray *bytes,
            GError **error)
{
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cr;

  if (!check_size (area.width, area.height, options->scale, error))
    return FALSE;
  surface
      = cairo_image_surface_create (options->transparent ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24,
                                    (int)MAX (ceil (area.width * options->scale), 1),
                                    (int)MAX (ceil (area.height * options->scale), 1));
  status = cairo_surface_status (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      return fail_drawing (status, error);
    }
  cr = cairo_create (surface);
  cairo_scale (cr, options->scale, options->scale);
  /* A last row or column that is only partly covered must not be left black. */
  area.width += 1 / options->scale;
  area.height += 1 / options->scale;
  draw (figure, cr, area, options);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_destroy (surface);
  return status == CAIRO_STATUS_SUCCESS || fail_drawing (status, error);
}

/* cairo writes no title, by which screen readers and file managers know a picture. */
static void
insert_title (GByteArray *bytes, const char *title)
{
  const char *start = g_strstr_len ((const char *)bytes->data, bytes->len, "<svg");
  const char *end
      = start != NULL ? memchr (start, '>', bytes->len - (gsize)(start - (const char *)bytes->data))
                      : NULL;
  g_autofree char *text = g_markup_printf_escaped ("\n<title>%s</title>", title);
  gsize length = strlen (text);
  gsize position, rest;

  if (end == NULL)
    return;
  position = (gsize)(end + 1 - (const char *)bytes->data);
  rest = bytes->len - position;
  g_byte_array_set_size (bytes, bytes->len + (guint)length);
  memmove (bytes->data + position + length, bytes->data + position, rest);
  memcpy (bytes->data + position, text, length);
}

/* cairo counts its surfaces through the life of the program and names them so. */
static gboolean
renumber (const GMatchInfo *match, GString *out, gpointer numbers)
{
  g_autofree char *id = g_match_info_fetch (match, 1);
  gpointer number = g_hash_table_lookup (numbers, id);

  if (number == NULL)
    {
      number = GUINT_TO_POINTER (g_hash_table_size (numbers) + 1);
      g_hash_table_insert (numbers, g_steal_pointer (&id), number);
    }
  g_string_append_printf (out, "surface%u", GPOINTER_TO_UINT (number));
  return FALSE;
}

static void
renumber_surfaces (GByteArray *bytes)
{
  g_autoptr (GRegex) regex = g_regex_new ("surface([0-9]+)", G_REGEX_RAW, 0, NULL);
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = g_regex_replace_eval (regex, (const char *)bytes->data, bytes->len, 0, 0,
                                                renumber, numbers, NULL);

  if (text == NULL)
    return;
  g_byte_array_set_size (bytes, 0);
  g_byte_array_append (bytes, (const guint8 *)text, (guint)strlen (text));
}

static void
text_note_clear (gpointer data)
{
  g_free (((TnTextNote *)data)->text);
}

/* A number as files have it, whatever the language. */
static const char *
number_text (double number, char *text)
{
  return g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.6g", number);
}

/* cairo writes letters as outlines. Over them lie the same texts, not seen: they can be searched,
 * selected, copied and read aloud. */
static void
append_texts (GByteArray *bytes, const GArray *notes)
{
  static const char end[] = "</svg>";
  g_autoptr (GString) out = NULL;
  gsize length = strlen (end);

  while (bytes->len > length && g_ascii_isspace (bytes->data[bytes->len - 1]))
    g_byte_array_set_size (bytes, bytes->len - 1);
  if (bytes->len < length || memcmp (bytes->data + bytes->len - length, end, length) != 0)
    return;
  out = g_string_new ("<g fill-opacity=\"0\" font-family=\"sans-serif\">\n");
  for (guint i = 0; i < notes->len; i++)
    {
      const TnTextNote *note = &g_array_index (notes, TnTextNote, i);
      const double numbers[] = { note->matrix.xx, note->matrix.yx, note->matrix.xy,
                                 note->matrix.yy, note->matrix.x0, note->matrix.y0 };
      g_autofree char *text = g_markup_escape_text (note->text, -1);
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append (out, "<text transform=\"matrix(");
      for (guint j = 0; j < G_N_ELEMENTS (numbers); j++)
        g_string_append_printf (out, "%s%s", j > 0 ? "," : "", number_text (numbers[j], number));
      g_string_append_printf (out, ")\" font-size=\"%s\"", number_text (note->size, number));
      g_string_append_printf (out,
                              " textLength=\"%s\" lengthAdjust=\"spacingAndGlyphs\">%s</text>\n",
                              number_text (note->width, number), text);
    }
  g_string_append_printf (out, "</g>\n%s\n", end);
  g_byte_array_set_size (bytes, bytes->len - (guint)length);
  g_byte_array_append (bytes, (const guint8 *)out->str, (guint)out->len);
}

static gboolean
render_svg (const TnFigure *figure, TnRect area, const TnPictureOptions *options, GByteArray *bytes,
            GError **error)
{
  g_autoptr (GArray) notes = g_array_new (FALSE, FALSE, sizeof (TnTextNote));
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (
      append, bytes, area.width * options->scale, area.height * options->scale);
  cairo_t *cr;

  g_array_set_clear_func (notes, text_note_clear);
  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  cr = cairo_create (surface);
  cairo_scale (cr, options->scale, options->scale);
  tn_paint_note_texts (cr, notes);
  draw (figure, cr, area, options);
  if (!finish (cr, surface, error))
    return FALSE;
  renumber_surfaces (bytes);
  insert_title (bytes, tn_graph_name (tn_figure_graph (figure)));
  append_texts (bytes, notes);
  return TRUE;
}

static gboolean
render_pdf (const TnFigure *figure, const TnPictureOptions *options, GByteArray *bytes,
            GError **error)
{
  TnPages pages = tn_pages_for (figure, options);
  guint64 n_sheets = (guint64)pages.columns * pages.rows;
  cairo_surface_t *surface;
  cairo_t *cr;

  if (n_sheets > MOST_SHEETS)
    {
      g_set_error (
          error, TN_ERROR, TN_ERROR_MEMORY,
          _ ("This model at this scale would need %.0f sheets of paper, which is too many; "
             "%u work, or one that it is fitted on."),
          (double)n_sheets, MOST_SHEETS);
      return FALSE;
    }
  surface = cairo_pdf_surface_create_for_stream (append, bytes, pages.width, pages.height);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE,
                                  tn_graph_name (tn_figure_graph (figure)));
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Tenon");
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, PDF_DATE);
  cr = cairo_create (surface);
  for (guint i = 0; i < n_sheets; i++)
    {
      tn_pages_draw (&pages, figure, cr, i, !options->transparent);
      cairo_show_page (cr);
    }
  return finish (cr, surface, error);
}

GBytes *
tn_picture_render (const TnFigure *figure, TnPictureFormat format, const TnPictureOptions *options,
                   GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  TnPictureOptions sound;
  gboolean done = FALSE;
  TnRect area;

  g_return_val_if_fail (figure != NULL && options != NULL, NULL);
  sound = *options;
  sound.scale = sound.scale > 0 && isfinite (sound.scale) ? sound.scale : 1;
  area = tn_picture_area (figure, &sound);
  switch (format)
    {
    case TN_PICTURE_PNG:
      done = render_png (figure, area, &sound, bytes, error);
      break;
    case TN_PICTURE_SVG:
      done = render_svg (figure, area, &sound, bytes, error);
      break;
    case TN_PICTURE_PDF:
      done = render_pdf (figure, &sound, bytes, error);
      break;
    default:
      g_return_val_if_reached (NULL);
    }
  return done ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

/* ---- files ---- */

/* Devices and pipes are written as they are: a file put in their place would not be the same. */
static gboolean
write_through (const char *path, const char *data, gsize size)
{
  int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);
  int saved;

  if (fd < 0)
    return FALSE;
  while (size > 0)
    {
      gssize written = write (fd, data, size);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        {
          saved = errno;
          close (fd);
          errno = saved;
          return FALSE;
        }
      data += written;
      size -= (gsize)written;
    }
  return close (fd) == 0;
}

gboolean
tn_picture_save (GBytes *bytes, const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *shown = NULL;
  char *real;
  const char *data;
  const char *reason;
  struct stat found;
  gboolean done;
  gsize size;

  g_return_val_if_fail (bytes != NULL && path != NULL, FALSE);
  data = g_bytes_get_data (bytes, &size);
  if (stat (path, &found) == 0 && !S_ISREG (found.st_mode) && !S_ISDIR (found.st_mode))
    {
      done = write_through (path, data, size);
      reason = g_strerror (errno);
    }
  else
    {
      gboolean exists = stat (path, &found) == 0;

      /* A link stays a link. */
      real = realpath (path, NULL);
      done = g_file_set_contents_full (real != NULL ? real : path, data, (gssize)size,
                                       G_FILE_SET_CONTENTS_CONSISTENT,
                                       exists ? (int)(found.st_mode & 0777) : 0666, &failure);
      free (real);
      reason = done ? NULL : failure->message;
    }
  if (done)
    return TRUE;
  shown = g_filename_display_name (path);
  g_set_error (error, TN_ERROR, TN_ERROR_IO, _ ("The picture %s could not be written: %s"), shown,
               reason);
  return FALSE;
}
