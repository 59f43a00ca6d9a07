/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders a figure into the formats that other programs take from a clipboard or a drag. */
#include "app/tn-picture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "formats/tn-carrier.h"

#define ICON_SIZE 160.0 /* pixels of its longer side */

GBytes *
tn_picture_make (const TnFigure *figure, TnPictureFormat format, const TnPictureOptions *options,
                 const TnGraph *model, GError **error)
{
  static const TnCarrier carriers[] = {
    [TN_PICTURE_PNG] = TN_CARRIER_PNG,
    [TN_PICTURE_SVG] = TN_CARRIER_SVG,
    [TN_PICTURE_PDF] = TN_CARRIER_PDF,
  };

  g_return_val_if_fail (figure != NULL && options != NULL, NULL);
  g_autoptr (GBytes) picture = tn_picture_render (figure, format, options, error);
  if (picture == NULL || model == NULL)
    return g_steal_pointer (&picture);
  return tn_carrier_load (carriers[format], picture, model);
}

GdkContentProvider *
tn_picture_content (const TnFigure *figure, const TnPictureOptions *options, const TnGraph *model,
                    GError **error)
{
  g_return_val_if_fail (figure != NULL && options != NULL, NULL);

  g_autoptr (GBytes) png = tn_picture_make (figure, TN_PICTURE_PNG, options, model, error);
  if (png == NULL)
    return NULL;
  g_autoptr (GBytes) svg = tn_picture_make (figure, TN_PICTURE_SVG, options, model, error);
  if (svg == NULL)
    return NULL;
  g_autoptr (GBytes) pdf = tn_picture_make (figure, TN_PICTURE_PDF, options, model, error);
  if (pdf == NULL)
    return NULL;
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (png, error);
  if (texture == NULL)
    return NULL;

  GdkContentProvider *providers[] = {
    gdk_content_provider_new_for_bytes ("image/png", png),
    gdk_content_provider_new_for_bytes ("image/svg+xml", svg),
    gdk_content_provider_new_for_bytes ("application/pdf", pdf),
    gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, texture),
  };
  return gdk_content_provider_new_union (providers, G_N_ELEMENTS (providers));
}

char *
tn_picture_file_name (const char *title, TnPictureFormat format)
{
  g_return_val_if_fail (title != NULL, NULL);

  g_autofree char *stem = g_strdup (title);
  if (g_str_has_suffix (stem, ".tenon"))
    stem[strlen (stem) - strlen (".tenon")] = '\0';
  g_strdelimit (stem, "/", '-');
  return g_strdup_printf ("%s.%s", stem, tn_picture_format_name (format));
}

static void
remove_file (gpointer data)
{
  g_autofree char *path = data;
  g_autofree char *folder = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (folder);
}

/* Who was given the file may read it long after the drop: it stays as long as the program. */
static void
remove_at_end (const char *path)
{
  static const char key[] = "tenon-dragged-files";
  GObject *application = G_OBJECT (g_application_get_default ());
  GPtrArray *paths;

  if (application == NULL)
    return;
  paths = g_object_get_data (application, key);
  if (paths == NULL)
    {
      paths = g_ptr_array_new_with_free_func (remove_file);
      g_object_set_data_full (application, key, paths, (GDestroyNotify)g_ptr_array_unref);
    }
  g_ptr_array_add (paths, g_strdup (path));
}

static GdkContentProvider *
file_content (const TnFigure *figure, TnPictureFormat format, const TnPictureOptions *options,
              const TnGraph *model, const char *title)
{
  g_autoptr (GBytes) bytes = tn_picture_make (figure, format, options, model, NULL);
  g_autofree char *folder = bytes != NULL ? g_dir_make_tmp ("tenon-XXXXXX", NULL) : NULL;
  if (folder == NULL)
    return NULL;
  g_autofree char *name = tn_picture_file_name (title, format);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  if (!tn_picture_save (bytes, path, NULL))
    return NULL;
  remove_at_end (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList files = { .data = file };
  GdkFileList *list = gdk_file_list_new_from_list (&files);
  GdkContentProvider *content = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  return content;
}

GdkContentProvider *
tn_picture_drag_content (const TnFigure *figure, TnPictureFormat format,
                         const TnPictureOptions *options, const TnGraph *model, const char *title)
{
  GdkContentProvider *providers[2];
  gsize n_providers = 0;

  g_return_val_if_fail (figure != NULL && options != NULL && title != NULL, NULL);
  providers[n_providers] = tn_picture_content (figure, options, model, NULL);
  if (providers[n_providers] != NULL)
    n_providers++;
  providers[n_providers] = file_content (figure, format, options, model, title);
  if (providers[n_providers] != NULL)
    n_providers++;
  return n_providers > 0 ? gdk_content_provider_new_union (providers, n_providers) : NULL;
}

GdkPaintable *
tn_picture_icon (const TnFigure *figure, const TnPictureOptions *options)
{
  g_return_val_if_fail (figure != NULL && options != NULL, NULL);

  TnPictureOptions small = *options;
  TnRect area = tn_picture_area (figure, options);
  small.scale = MIN (1, ICON_SIZE / MAX (MAX (area.width, area.height), 1));
  g_autoptr (GBytes) png = tn_picture_render (figure, TN_PICTURE_PNG, &small, NULL);
  GdkTexture *icon = png != NULL ? gdk_texture_new_from_bytes (png, NULL) : NULL;
  return icon != NULL ? GDK_PAINTABLE (icon) : NULL;
}
