/**
 * The words of `shopCategories` in Chinese, in the same places; two words each, written as one.
 *
 * A tokeniser that knows Chinese takes them apart; one that cuts at blanks does not.
 */
export const chineseWords: Readonly<Record<string, readonly string[]>> = {
  electronics: ['蓝牙耳机', '手机充电器', '便携相机', '机械键盘'],
  books: ['校园小说', '家常菜谱', '旅游地图', '名人传记'],
  games: ['游戏手柄', '电视游戏机', '木制拼图', '飞行摇杆'],
  home: ['护眼台灯', '羊毛毯子', '不锈钢锅', '木头书架'],
  toys: ['儿童积木', '布料娃娃', '彩色风筝', '电动火车'],
  groceries: ['速溶咖啡', '绿色茶叶', '方便面条', '天然蜂蜜'],
  fashion: ['夏季连衣裙', '冬季外套', '羊绒围巾', '皮革靴子'],
  beauty: ['法国香水', '保湿面霜', '手工肥皂', '化妆刷子'],
  sport: ['训练足球', '网球球拍', '运动水壶', '瑜伽垫子'],
};

/** The adjectives of titles in Chinese, in the places of the English ones. */
export const chineseAdjectives: readonly string[] = [
  '小型',
  '大号',
  '轻便',
  '经典',
  '现代',
  '柔软',
  '结实',
  '明亮',
];
